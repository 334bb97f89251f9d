<?php

declare(strict_types=1);

namespace Newsletter\Mail;

use Newsletter\Recipient\Recipient;

final class Mailer
{
    public function __construct(private string $from)
    {
    }

    public function send(Template $template, Recipient $recipient): bool
    {
        $to = sprintf('%s <%s>', $recipient->displayName(), $recipient->address());

        $headers = ['From' => sprintf('News <%s>', $this->from), 'Reply-To' => 'support@example.com'];

        return mail($to, $template->subject(), $template->render($recipient), $headers);
    }
}
